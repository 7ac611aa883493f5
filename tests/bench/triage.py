"""Measures triage by similar cases on a labelled set: the threshold is fixed before a test row is read.

python -m tests.bench.triage PAST.csv TEST.csv [--text text] [--label category] [--target 970]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from agents.pilots.statistics import at_threshold, clopper_pearson, cohens_kappa, confusion
from agents.tools.similar.calibrate import calibrate
from agents.tools.similar.index import Settings, SimilarCases, write
from agents.tools.similar.past import PastCase, read_past_cases, without


def main() -> None:
    options = _options()
    past = read_past_cases(options.past, options.text, options.label)
    test = read_past_cases(options.test, options.text, options.label)
    kept = without(past, (case.text for case in test))
    print(f"{len(past)} past cases, {len(past) - len(kept)} of them also test cases and dropped")
    start = time.perf_counter()
    threshold = calibrate(kept, options.target, seed=options.seed)
    print(f"{threshold} in {time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.sqlite"
        start = time.perf_counter()
        write(file, kept, Settings())
        print(f"index of {file.stat().st_size / 1e6:.1f} MB in {time.perf_counter() - start:.2f} s")
        index = SimilarCases.open(file, Settings())
        _report(index, test, threshold.permille)
        index.close()


def _report(index: SimilarCases, test: tuple[PastCase, ...], threshold: int) -> None:
    judged, pairs, took = [], [], []
    for case in test:
        start = time.perf_counter()
        match = index.match(case.text)
        took.append(time.perf_counter() - start)
        judged.append((match.confidence_permille, match.label == case.label))
        pairs.append((case.label, match.label))
    share = clopper_pearson(sum(right for _, right in judged), len(judged))
    kappa, point = cohens_kappa(confusion(pairs)), at_threshold(judged, threshold)
    took.sort()
    print(f"agreement {share.estimate:.4f} [{share.low:.4f}, {share.high:.4f}] n {share.n}")
    print(f"kappa {kappa.estimate:.4f} [{kappa.low:.4f}, {kappa.high:.4f}]")
    print(f"at {threshold} per mille: coverage {point.coverage:.4f}, agreement {point.precision:.4f}")
    median, slow = took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3
    print(f"per query: median {median:.1f} ms, p99 {slow:.1f} ms")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("past", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="category")
    parser.add_argument("--target", type=int, default=970, help="per mille")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
