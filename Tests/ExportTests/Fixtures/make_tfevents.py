"""Writes scalars.tfevents with TensorBoard's own writer classes (PyPI tensorboard)."""
import pathlib

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

EVENTS = [
    Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    Event(wall_time=1700000001.5, step=50, summary=Summary(value=[
        Summary.Value(tag="loss/train", simple_value=1.875),
        Summary.Value(tag="loss/validation", simple_value=0.1)])),
    Event(wall_time=1700000002.0, step=3_000_000_000, summary=Summary(value=[
        Summary.Value(tag="long/" + "x" * 200, simple_value=-2.5e-8)])),
]

with open(pathlib.Path(__file__).with_name("scalars.tfevents"), "wb") as file:
    writer = RecordWriter(file)
    for event in EVENTS:
        writer.write(event.SerializeToString())
    writer.flush()
