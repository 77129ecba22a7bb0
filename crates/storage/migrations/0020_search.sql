-- Customers are found by their e-mail address and their phone too, which is written with blanks or without.
UPDATE customers SET search = search || '
' || COALESCE((SELECT lower(value ->> 'email') FROM json_each('[' || details || ']')), '') || '
' || COALESCE((SELECT lower(value ->> 'phone') FROM json_each('[' || details || ']')), '') || '
' || COALESCE((SELECT replace(replace(replace(replace(value ->> 'phone', ' ', ''), '-', ''), '(', ''), ')', '')
    FROM json_each('[' || details || ']')), '');
