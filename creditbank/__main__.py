"""Entry of `python -m creditbank`."""

from creditbank.cli.main import main

if __name__ == "__main__":
    main()
