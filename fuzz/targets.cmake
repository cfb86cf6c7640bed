# SPDX-License-Identifier: GPL-2.0-or-later
# One .cpp and one folder of corpus/ each. The second list needs the engines.
set(reading_targets text dat packed binding side expression spec topology yaml series)
set(engine_targets run structured)
