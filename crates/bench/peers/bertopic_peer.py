"""BERTopic on given circles with given embeddings.

    python bertopic_peer.py CIRCLES.json VECTORS.f32 OUT

Three ways: with defaults; with the smallest theme fitted to the size of the circle; and the latter with
outliers reassigned to the nearest theme. UMAP is seeded to make runs repeatable.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import bertopic
import numpy as np
from bertopic import BERTopic
from hdbscan import HDBSCAN
from umap import UMAP

SEED = 42


def smallest(size):
    """The smallest theme, by the size of the circle."""
    if size < 60:
        return 3
    if size < 500:
        return 5
    return 10 if size < 3000 else 15


def fit(texts, vectors, least):
    umap = UMAP(
        n_neighbors=min(15, len(texts) - 1),
        n_components=5,
        min_dist=0.0,
        metric="cosine",
        random_state=SEED,
    )
    hdbscan = HDBSCAN(
        min_cluster_size=least,
        metric="euclidean",
        cluster_selection_method="eom",
        prediction_data=True,
    )
    model = BERTopic(umap_model=umap, hdbscan_model=hdbscan, embedding_model=None)
    topics, _ = model.fit_transform(texts, vectors)
    return model, topics


def ways(texts, vectors, size):
    try:
        _, default = fit(texts, vectors, 10)
    except Exception:  # too few texts for it: it found nothing
        default = [-1] * len(texts)
    try:
        model, tuned = fit(texts, vectors, smallest(size))
    except Exception:
        return default, [-1] * len(texts), [-1] * len(texts)
    reassigned = tuned
    if len(set(tuned)) > 1 and -1 in tuned:
        reassigned = model.reduce_outliers(
            texts, tuned, strategy="embeddings", embeddings=vectors
        )
    return default, tuned, reassigned


def main(given, numbers, out):
    circles = json.load(open(given, encoding="utf-8"))
    vectors = np.fromfile(numbers, dtype="<f4")
    total = sum(len(circle["texts"]) for circle in circles)
    vectors = vectors.reshape(total, -1)
    starts, start = {}, 0
    for circle in sorted(circles, key=lambda circle: circle["circle"]):
        starts[circle["circle"]] = start
        start += len(circle["texts"])
    with open(out, "w", encoding="utf-8") as lines:
        for circle in circles:
            texts = circle["texts"]
            start = starts[circle["circle"]]
            own = vectors[start : start + len(texts)]
            found = ways(texts, own, circle["size"])
            named = dict(zip(("default", "tuned", "reassigned"), found))
            line = {way: [int(topic) for topic in topics] for way, topics in named.items()}
            line["circle"] = circle["circle"]
            line["name"] = f"BERTopic {bertopic.__version__}"
            lines.write(json.dumps(line) + "\n")
            lines.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
