"""The credit bank: accounts for life, achievements that accumulate, conversions that anybody can check."""
