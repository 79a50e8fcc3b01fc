"""What kind of page this is: features of pages, the model that reads them, and the signs of a paywall."""
