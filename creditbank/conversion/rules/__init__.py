"""The rule language: documents, conditions, their sentences and their laws. Pure: values in, values out."""
