"""What those who run the service see and need: health, figures, logs, an orderly end."""
