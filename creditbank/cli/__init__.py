"""The commands of the house: what a person types in a terminal, and the engine beneath them."""
