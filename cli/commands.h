// SPDX-License-Identifier: GPL-2.0-or-later
// The commands. Each setup function declares its options on a subcommand and returns what runs it;
// that returns the exit status.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace luproof::cli {

using Action = std::function<int()>;

Action check_command(CLI::App& app);
Action preflight_command(CLI::App& app);
Action ask_command(CLI::App& app);
Action matrix_command(CLI::App& app);
Action certificate_command(CLI::App& app);
Action test_command(CLI::App& app);
Action lint_command(CLI::App& app);
Action trace_command(CLI::App& app);
Action probes_command(CLI::App& app);
Action reproduce_command(CLI::App& app);
Action explain_command(CLI::App& app);
Action simulate_command(CLI::App& app);
Action diff_command(CLI::App& app);
Action mutate_command(CLI::App& app);
Action repair_command(CLI::App& app);
Action rules_command(CLI::App& app);
Action drift_command(CLI::App& app);
Action map_command(CLI::App& app);
Action new_command(CLI::App& app);
Action show_command(CLI::App& app);
Action export_command(CLI::App& app);

}  // namespace luproof::cli
