"""One run from start to finish, its folder, and what is asked of finished runs."""
