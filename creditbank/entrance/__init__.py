"""The entrance: who acts, what time it is, which language; refusals become pages or problem documents."""
