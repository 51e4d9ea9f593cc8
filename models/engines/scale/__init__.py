"""The scale engine: prices first, then a plan that follows them, improved until the proof is close."""

from models.engines.scale.solve import solve_scale

__all__ = ["solve_scale"]
