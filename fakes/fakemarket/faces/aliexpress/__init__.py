"""The AliExpress Open Platform, seller side: its entrances, signatures, errors and order calls.

It turns the platform's dialect into queries and commands of one world, and their results back. It decides nothing that
the marketplace decides: whether a shipment is taken is the world's affair, how a refusal is spelt is settled here. It
must not know other faces, doors, or who calls.

A request passes `gate` (parameters, app, timestamp, signature, method, session), then one row of the table in `methods`
reads its arguments, and only the answer's making, `Call.act`, asks or changes the world. Wire names are the platform's,
misspelt ones included, and appear nowhere outside this package.
"""
