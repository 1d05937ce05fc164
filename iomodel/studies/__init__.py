"""Many runs: comparisons, brackets of supply cuts, decoupling, draws."""
