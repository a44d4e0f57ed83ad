"""What a segment hands on to the next one of its shot, in memory and, for a later run, in the store."""

from engine.errors import StoreError
from engine.models.restorer import Carry
from engine.plan import Segment
from engine.store import Attempt, SegmentStore


class Carries:
    """Hands carries on; each lies on the disk before its segment is recorded."""

    def __init__(self, store: SegmentStore | Attempt | None = None) -> None:
        """store: None where nothing is to be kept for a later run."""
        self._store = store
        self._last: tuple[int, Carry] | None = None

    def before(self, segment: Segment) -> Carry | None:
        """Return what the segment before handed on; None at the start of a shot, or where it is not known."""
        if segment.start == segment.shot.start:
            return None
        if self._last is not None and self._last[0] == segment.index - 1:
            return self._last[1]
        return self._read(segment.index - 1)

    def keep(self, segment: Segment, carry: Carry) -> None:
        """Keep what `segment` hands on; raises DiskFullError or StoreError, nothing is kept then."""
        if self._store is not None:
            from safetensors.torch import save

            content = save({name: tensor.contiguous() for name, tensor in carry.items()})
            self._store.write(self._store.carry_path(segment), content)
        self._last = (segment.index, carry)

    def _read(self, index: int) -> Carry | None:
        if self._store is None:
            return None
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = self._store.found_carry(index)
        try:
            return load_file(path)
        except (OSError, SafetensorError) as error:
            raise StoreError(f"{path.name} in the segment store is damaged: {error}") from error
