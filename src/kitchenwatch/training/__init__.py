"""The room where detectors are made: pictures in, a model with known figures out.

Nothing here is needed to watch a kitchen. Torch and Ultralytics (extra `train`) are imported only by what trains.
"""
