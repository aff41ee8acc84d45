"""``python -m agreement api | worker | migrate``."""

from agreement.wiring import service
from common.running.main import main

if __name__ == "__main__":
    main(service)
