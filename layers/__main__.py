"""``python -m layers``: the command ``routeways``."""

from layers.cli import main

if __name__ == "__main__":
    main(prog_name="routeways")
