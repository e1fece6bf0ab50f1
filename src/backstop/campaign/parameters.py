"""What the kernel reads: one row a quantity, one column a world, everything in float32.

The reference and the kernel read the same rows by these names. Rows of three go by force type.
Rates are a day, lengths kilometres, strengths brigade equivalents.
"""

from __future__ import annotations

from typing import Final

# --- attrition ---
#: log2 of the defender's daily loss share when both stand at a density of 1, cover 1.
DEFENDER_RATE: Final = 0
#: And the attacker's.
ATTACKER_RATE: Final = 1
#: Exponent of the enemy's firepower.
ENEMY_POWER: Final = 2
#: Exponent of one's own mass in the loss share: Bracken's q less 1, never positive.
OWN_POWER: Final = 3
#: Exponent of cover in the loss shares.
COVER_POWER: Final = 4
#: Most that can be lost in a day, as a share.
LOSS_CAP: Final = 5
#: Standard deviation of the day's intensity, in powers of two.
LOSS_SPREAD: Final = 6
#: log2 of what is lost on a day on which no ground is taken against one on which some is.
REPULSED_DEFENDER: Final = 76
REPULSED_ATTACKER: Final = 77
# --- movement ---
#: log2 of speed against top speed at a density of 1 on both sides.
SPEED: Final = 7
#: Exponent of the attacker's density.
SPEED_ATTACKER: Final = 8
#: Exponent of the defender's, and of his cover.
SPEED_DEFENDER: Final = 9
SPEED_COVER: Final = 72
#: Standard deviation from day to day, in powers of two.
SPEED_DAY: Final = 10
#: And that which lasts.
SPEED_WEEK: Final = 11
#: What of it lasts from week to week, and the new part beside it.
MEMORY: Final = 12
FRESH: Final = 13
#: Weights of the new part that all sectors share, and of each sector's own.
SHARED: Final = 70
OWN: Final = 71
#: Exponent of how hard a sector is pressed, against the hardest pressed.
SPEED_EFFORT: Final = 69
#: log2 of the intensity from which a day's fighting is an assault and takes ground, against that of
#: the first day in a main effort.
ASSAULT: Final = 73
#: Luck of the day and the week together, in powers of two, below which an assault takes nothing.
REPULSE: Final = 75
#: Part by which the line grows for each kilometre of depth lost, 1/km.
FLANK: Final = 14
#: 1 / depth of the works, 1/km; part of what is missing of them that is dug in a day.
WORKS_DEPTH: Final = 15
DIG: Final = 74
# --- tempo ---
TEMPO_FLOOR: Final = 16
TEMPO_KEEP: Final = 17
# --- command ---
ATTACKER_COMMIT: Final = 18
ATTACKER_RELEASE: Final = 19
DEFENDER_COMMIT: Final = 20
DEFENDER_RELEASE: Final = 21
#: Part of the attacker's force that goes to the main efforts.
CONCENTRATION: Final = 22
#: Part of the defender's force that follows them.
MIRROR: Final = 23
#: What of the picture becomes known in a day, and what is known at the start.
LEARN: Final = 24
WARNED: Final = 25
#: 1 / days between shifts of the main effort.
SHIFT: Final = 26
#: Half the width of a main effort, in cells.
WIDTH: Final = 27
#: Mass at which the attacker gives up, and at which the defence breaks; what is left of it then.
ATTACKER_BREAK: Final = 28
DEFENDER_BREAK: Final = 29
BROKEN: Final = 30
# --- supply ---
#: Days of full fire, and the share of it after them.
ATTACKER_SHELL_DAYS: Final = 31
ATTACKER_RATION: Final = 32
DEFENDER_SHELL_DAYS: Final = 33
DEFENDER_RATION: Final = 34
# --- air, as fire in brigade equivalents ---
ATTACKER_AIR: Final = 35
ATTACKER_AIR_KEEP: Final = 36
PROTECTED_AIR: Final = 37
PROTECTED_AIR_KEEP: Final = 38
GUARANTOR_AIR_KEEP: Final = 39
CONTEST: Final = 40
#: Part of the guarantor's losses that its rotation pool does not make good.
GUARANTOR_WEAR: Final = 41
# --- forces, three rows each ---
ATTACKER_LINE: Final = 42
ATTACKER_RESERVE: Final = 45
ATTACKER_INFLOW: Final = 48
PROTECTED_LINE: Final = 51
PROTECTED_RESERVE: Final = 54
PROTECTED_INFLOW: Final = 57
#: Mass, fire and exposure of a brigade equivalent, by type.
MASS: Final = 60
FIRE: Final = 63
EXPOSURE: Final = 66
ROWS: Final = 78

# Rows of a sector.
#: 1 / width, 1/km.
NARROW: Final = 0
#: What the terrain is worth to the defender.
TERRAIN: Final = 1
#: What works add to it while they stand.
WORKS: Final = 2
#: Top speed, km a day.
TOP_SPEED: Final = 3
#: Depth at which the attacker has what he wants, km.
OBJECTIVE: Final = 4
SECTOR_ROWS: Final = 5

# What a wave of the guarantor brings: mass and fire of what is not exposed to losses and of what
# is, the latter in brigade equivalents, and air power.
WAVE_MASS: Final = 0
WAVE_FIRE: Final = 1
WAVE_EXPOSED_MASS: Final = 2
WAVE_EXPOSED_FIRE: Final = 3
WAVE_EXPOSED: Final = 4
#: Rows that stand on the ground.
WAVE_FORCE: Final = 5
WAVE_AIR: Final = 5
WAVE_ROWS: Final = 6

# What is noted of each world at each checkpoint.
DEEPEST: Final = 0
AREA: Final = 1
ATTACKER_LOSS: Final = 2
PROTECTED_LOSS: Final = 3
GUARANTOR_LOSS: Final = 4
NOTES: Final = 5
#: And once: the day the attacker gave up and the day the defence broke.
BREAK_OFF: Final = 0
COLLAPSE: Final = 1
DAYS_NOTED: Final = 2

#: Purposes in the counter of the random numbers.
BATTLE: Final = 0
WEEK: Final = 1
EFFORT: Final = 2
#: Draws set aside for each.
DRAWS: Final = 1
#: Days after which the picture of the main effort and the lasting luck are drawn anew.
CYCLE: Final = 7

#: Densities below this count as none, brigades a kilometre.
TRACE: Final = 1e-7
#: No day on which anything arrives.
NEVER: Final = 2**30
