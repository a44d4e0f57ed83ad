"""A model whose weights are a few bytes."""

from engine.models.spec import Licence, ModelSpec, WeightFile

TERMS = Licence(
    id="CC-BY-4.0", title="Attribution 4.0", url="https://example.org/by", summary="Name the authors."
)
NETWORK_FILE = WeightFile(name="net.pt", repo="some/toy", path="deep/net.pt", n_bytes=614_400, licence=TERMS)
SETTINGS_FILE = WeightFile(name="settings.json", repo="some/toy", n_bytes=14, licence=TERMS)


def toy_model(*files: WeightFile, model: str = "toy") -> ModelSpec:
    """Facts about a model made of `files`; the network file alone when none are given."""
    return ModelSpec(
        id=model,
        title="Toy",
        family="toys",
        summary="For tests.",
        licence="CC-BY-4.0",
        scales=(4,),
        segment_frames=8,
        window=4,
        context=0,
        tile=64,
        halo=0,
        bytes_per_pixel=1.0,
        fixed_bytes=0,
        dtypes=("float32",),
        weights=files or (NETWORK_FILE,),
    )
