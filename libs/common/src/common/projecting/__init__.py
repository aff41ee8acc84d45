"""Facts become rows here: one projection per question."""

from common.projecting.projection import About, Projection, of_types
from common.projecting.projector import Projector, shape_of

__all__ = ["About", "Projection", "Projector", "of_types", "shape_of"]
