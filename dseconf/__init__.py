"""dseconf: a configuration compiler and linter for DSE and Cassandra fleets.

The pipeline, in the order in which data flows; a module imports what stands above it:

    quantity expression setting finding errors     the ground: values with their origins
    document layer project secret                  what people write
    catalog formats                                what products and files are
    fleet                                          who the nodes are
    validate   each layer once per product version: names, types, units, ranges
    chain      which layers a node has
    resolve    which line decides each setting
    identity   what fleet.yaml decides
    evaluate   expressions become values
    render     values become text
    snapshot   text becomes the compiled fleet, by content
    placement  which files a node gets, where they go and how they are managed
    blueprint  what nodes share is done once
    explain    why a value is what it is
    schema product_layer starter                   views: for editors, the shipped values, a first fleet
    pipeline   the stages composed
    load shipped output                            the edge: disk
    reports commands cli                           the face

Every stage is pure but for the edge. Values carry their origins from the layer line to
the byte that is written.
"""

__version__ = "0.1.0"
