"""How good the answers are: questions with known answers in, figures with intervals out."""
