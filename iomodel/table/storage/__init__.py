"""Files of tables: NetCDF in plain form, and the compact forms of the embedded tables.

Compact files differ in the import shares that they hold. A file names its form by its variables:

=============================  ================================  ==================================
variables                      import shares                     module
=============================  ================================  ==================================
``trade``, ``use``             common to all users of a region   :mod:`.compact`
the same, ``import_log_odds``  odds of imports by industry and   :mod:`.import_odds` (world-2022)
                               final use, estimated; fitted on
                               request
``domestic_use``,              domestic and imported inputs by   :mod:`.import_flows` (world-2014)
``imported_use``,              industry, data; final sales cell
``origin_share``,              by cell
``final_sales``
``part_sales`` beside          common but for the sales of       :mod:`.compact_split`
``trade``                      small parts                       (world-2022-ree)
=============================  ================================  ==================================

In both forms by user, origins of imports are common to the industries of a region, so that
:func:`iomodel.table.storage.import_flows.expand_by_user` makes the cells of either.
:mod:`iomodel.table.import_shares` goes from one kind of shares to the other.
"""
