"""The policy language: shocks, scenario files, the scenario library, tariff layers."""
