"""``python -m needs_assessment``: the same as the command ``needs-assessment``."""

from __future__ import annotations

from needs_assessment.cli import main

if __name__ == "__main__":
    main()
