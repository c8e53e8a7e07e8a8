"""The value and what it is made of; knows no formula."""
