"""Every registered figure, its source, and the pages written from them."""
