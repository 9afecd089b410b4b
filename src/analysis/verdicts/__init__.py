"""What an estimate and its second looks come to: direction, certainty, reasons."""
