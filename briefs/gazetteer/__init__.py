"""African towns from GeoNames: the file, how it was made (export), how it comes in (loading). See README.md."""
