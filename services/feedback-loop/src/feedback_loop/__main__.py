"""``python -m feedback_loop api | worker | migrate``."""

from common.running.main import main
from feedback_loop.wiring import service

if __name__ == "__main__":
    main(service)
