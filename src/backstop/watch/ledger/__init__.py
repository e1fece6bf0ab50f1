"""The append-only record of a mission: nobody can rewrite the past without being seen.

from backstop.watch.ledger import Draft, Kind, canonical_json, create_key, create_ledger

key = create_key("mission.key", name="example.org/mission")
with create_ledger("mission", origin="example.org/mission", key=key, author="init", now=now,
                   mission={"scenario": "ukraine-2025"}) as ledger:
    body = canonical_json({"act": "explosion", "count": 48})
    ledger.append([Draft(Kind.OBSERVATION, body, subject="smm/1")], author="intake", now=now)
    note = seal(ledger, key, author="mission", now=now)     # for the parties to keep
verify_ledger("mission", kept=[note]).ok
"""

from backstop.watch.ledger.canonical import NotCanonical, canonical_json, parse_json
from backstop.watch.ledger.checkpoint import (
    TreeHead,
    cosign,
    cosigned_at,
    read_checkpoint,
)
from backstop.watch.ledger.concealment import Secret, conceal
from backstop.watch.ledger.entry import Draft, Entry, Kind
from backstop.watch.ledger.merkle import consistent, included, leaf_hash
from backstop.watch.ledger.note import BadNote, SigningKey, VerifierKey, read_verifier_key
from backstop.watch.ledger.proof import (
    CONSISTENCY_FORM,
    INCLUSION_FORM,
    Consistency,
    Inclusion,
    read_proof,
)
from backstop.watch.ledger.store.folder import create_ledger, open_ledger
from backstop.watch.ledger.store.keys import create_key, read_key
from backstop.watch.ledger.store.ledger import Ledger, Receipt, Standing, salt
from backstop.watch.ledger.store.mention import Mention, mentions
from backstop.watch.ledger.store.proving import (
    Proven,
    check_proof,
    entry_of,
    prove_entry,
    prove_growth,
    ring_of,
)
from backstop.watch.ledger.store.redaction import redact
from backstop.watch.ledger.store.sealing import (
    admit_witness,
    checkpoints,
    rotate_key,
    seal,
    take_cosignatures,
    witnesses,
)
from backstop.watch.ledger.store.verify import verify_ledger
from backstop.watch.ledger.store.witness import bear_witness
from backstop.watch.ledger.verification import Broken, Verification

__all__ = [
    "CONSISTENCY_FORM",
    "INCLUSION_FORM",
    "BadNote",
    "Broken",
    "Consistency",
    "Draft",
    "Entry",
    "Inclusion",
    "Kind",
    "Ledger",
    "Mention",
    "NotCanonical",
    "Proven",
    "Receipt",
    "Secret",
    "SigningKey",
    "Standing",
    "TreeHead",
    "Verification",
    "VerifierKey",
    "admit_witness",
    "bear_witness",
    "canonical_json",
    "check_proof",
    "checkpoints",
    "conceal",
    "consistent",
    "cosign",
    "cosigned_at",
    "create_key",
    "create_ledger",
    "entry_of",
    "included",
    "leaf_hash",
    "mentions",
    "open_ledger",
    "parse_json",
    "prove_entry",
    "prove_growth",
    "read_checkpoint",
    "read_key",
    "read_proof",
    "read_verifier_key",
    "redact",
    "ring_of",
    "rotate_key",
    "salt",
    "seal",
    "take_cosignatures",
    "verify_ledger",
    "witnesses",
]
