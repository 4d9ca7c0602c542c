"""The HTTP service: OpenAI's protocol, the JSON contract, documents, administration, a web page."""
