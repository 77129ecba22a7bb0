-- A call's row with its session and charge is somewhat over 2 kB. It stays as it is: to compress it would cost more than to write it.
ALTER TABLE calls SET (toast_tuple_target = 8160);
-- A balance is changed where it lies, if its page has room.
ALTER TABLE accounts SET (fillfactor = 70);
