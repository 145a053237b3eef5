"""What is measured: how right, how honest, how fast; `python -m benchmarks` runs it all."""
