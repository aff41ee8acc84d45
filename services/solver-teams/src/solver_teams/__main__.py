"""``python -m solver_teams api | worker | migrate``."""

from common.running.main import main
from solver_teams.wiring import service

if __name__ == "__main__":
    main(service)
