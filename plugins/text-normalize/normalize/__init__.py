"""Text from books, PDFs and the web, cleaned for speech."""
