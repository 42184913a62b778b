"""What it means: repair, intent and, later, the models behind them. No editor protocol."""
