"""Identity: who may sign in, with what, and which programs may call; users, second factor, sessions and API clients."""
