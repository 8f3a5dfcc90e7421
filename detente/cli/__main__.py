"""`python -m detente.cli`: the same as `detente`."""

from detente.cli.main import run

if __name__ == "__main__":
    run()
