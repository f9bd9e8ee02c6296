"""The planner: from books and a problem to the one best plan, proved, verified and explained. Pure, no database."""
