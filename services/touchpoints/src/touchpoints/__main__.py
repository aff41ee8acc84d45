"""``python -m touchpoints api | worker | migrate | rebuild``."""

from common.running.main import main
from touchpoints.wiring import service

if __name__ == "__main__":
    main(service)
