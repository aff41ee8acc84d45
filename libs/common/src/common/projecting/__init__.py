"""Facts become rows here: one projection per question."""

from common.projecting.projection import About, Projection
from common.projecting.projector import Projector, shape_of

__all__ = ["About", "Projection", "Projector", "shape_of"]
