"""What a preparation time costs in missed deadlines: in the simulated market, and in orders that really happened.

It asks the market's world, or a file of orders, and answers with plain values. It must not know who reads them: tables
and sentences are the report's. It sees no HTTP, and no subject but in `care`: what it asks first is what the platforms
do by themselves. scipy is imported where an interval needs it, so that everything else works without the extra `plan`.
"""
