"""Each report once: query, shape, drill-down."""
