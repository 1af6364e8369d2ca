"""The walkthrough: a model's derivation as a document, for a first meeting with backpropagation."""
