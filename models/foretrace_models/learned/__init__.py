"""Small classifiers over named numbers: fitted with scikit-learn, asked without anything.

A classifier gives each of its classes a probability. It is the mean of two that err differently: a
linear one, which can be read, and boosted trees. It is kept as safetensors with a card.
"""
