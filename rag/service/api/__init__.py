"""What the service answers: OpenAI's protocol, questions, documents, administration."""
