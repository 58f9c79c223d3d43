-- Regular expressions as SQL functions; they stay in the database, for the staging views call them.
create or replace macro clean_text_slow(text) as nullif(
    trim(text, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279)), ''
);

-- What stands around a text of all spaces there are, by name: trim() of one argument strips other
-- ones on other engines. Most texts begin and end with none, at a tenth of the cost.
create or replace macro trim_spaces(text) as case
    when text between '!' and '~' and text[-1] between '!' and '~' then text
    else trim(
        text,
        ' ' || chr(160) || chr(5760) || chr(8192) || chr(8193) || chr(8194) || chr(8195)
        || chr(8196) || chr(8197) || chr(8198) || chr(8199) || chr(8200) || chr(8201) || chr(8202)
        || chr(8239) || chr(8287) || chr(12288)
    )
end;

-- A letter without a counterpart in the second list (spaces and marks nobody sees) is dropped.
create or replace macro text_key_slow(text) as nullif(trim_spaces(regexp_replace(
    lower(nfc_normalize(translate(
        text,
        '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ'
        || 'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ（）－．，／＆＋％'
        || chr(160) || chr(8239) || chr(8199) || chr(12288)
        || chr(8203) || chr(8204) || chr(8205) || chr(65279) || chr(173),
        '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz()-.,/&+%    '
    ))),
    '\s+', ' ', 'g'
)), '');

-- Digits of all scripts are one.
create or replace macro latin_digits(text) as translate(
    text,
    '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９',
    '012345678901234567890123456789012345678901234567890123456789'
);

create or replace macro without_unit(text) as regexp_replace(
    latin_digits(trim_spaces(text)),
    '^(.*[0-9)])\s*(pcs?|pieces?|nos?|units?|kgs?|kilos?|gms?|g|ltrs?|l|ml|mtrs?|m|box|boxes|'
    || 'pkts?|packs?|packets?|btls?|bottles?|sets?|pairs?|bags?|tins?|jars?|strips?|rolls?)\.?$',
    '\1', 'i'
);

-- What groups digits becomes one kind of each, and the marks of currencies go, as do the ",-" of a
-- whole amount and the Dr or Cr of a ledger; one number must remain. Where a file has both Dr and
-- Cr, the rarer was given a minus when it was landed.
create or replace macro bare_number(text) as regexp_replace(
    regexp_replace(
        regexp_replace(
            translate(
                latin_digits(lower(trim_spaces(text))),
                '−–—’‘ʼ´`′' || chr(160) || chr(8239) || chr(8201) || chr(8199) || chr(8200),
                '---''''''''''''     '
            ),
            '^([-+(]?)\s*(' || currency_marks() || ')\.?\s*([-+(]?)(\s*[.,]?[0-9])', '\1\3\4'
        ),
        '([0-9.,)=-])\s*(' || currency_marks() || '|[dc]r)\.?\s*([-)]?)$', '\1\3'
    ),
    '\s*([.,:]--?|/-|/=|=)?\s*([-)]?)\s*$', '\2'
);

-- The Arabic marks of decimals and thousands are those, whatever the marks of the file are.
create or replace macro with_mark(text, mark) as translate(
    text, '٫٬', case when mark = ',' then ',.' else '.,' end
);

-- Over a list of one, what many places ask for is worked out, and planned, once.
create or replace macro number_text_slow(text, mark) as list_transform(
    [bare_number(with_mark(text, mark))],
    lambda bare: case
        when not regexp_full_match(
            bare,
            replace(
                '[-+]?N|\(N\)|N-',
                'N',
                case
                    when mark = ','
                        then '(([0-9]+|[0-9]{1,3}([. ''][0-9]{3})+)(,[0-9]*)?|,[0-9]+)'
                    else
                        '(([0-9]+|[0-9]{1,3}([, ''][0-9]{2,3})*[, ''][0-9]{3})(\.[0-9]*)?|\.[0-9]+)'
                end
            )
        ) then null
        else
            case when regexp_matches(bare, '^[-(]|-$') then '-' else '' end
            || replace(regexp_replace(bare, '[^0-9' || mark || ']', '', 'g'), ',', '.')
    end
)[1];

-- A date without its time, and without what some programs write behind it: the number of a voucher,
-- the day of the week.
create or replace macro day_part(text) as regexp_replace(
    regexp_extract(
        latin_digits(lower(trim_spaces(text))),
        '^(.*?)( ?[(][^()0-9]*[)])?([t ,]+(at )?[0-9]{1,2}:[0-9]{2}.*)?$', 1
    ),
    '^(.*[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|.*[-/. ][0-9]{4}) +[-#]+ ?[0-9]+$', '\1'
);

-- Day, month and year with one mark between them: whatever parts them, or stands around them.
create or replace macro day_parts(text) as trim(
    regexp_replace(
        regexp_replace(day_part(text), '([ก-๛])[.] ?([ก-๛])', '\1\2', 'g'),
        '[-/. ,''’年月日년월일]*([月火水木金土日]曜日|[월화수목금토일]요일|(星期|周|週)[一二三四五六日天])$'
        || '|([-/. ,''’年月日년월일]|ngày|tháng|năm)+',
        '-', 'g'
    ),
    '-'
);

-- A date with its month by name, coded, as year, month and day. Of two short numbers the first is
-- the day: nobody writes a year of two digits before the month's name.
create or replace macro year_month_day(coded) as case
    when regexp_full_match(coded, '[-~]*[0-9]{1,2}[-~]+m[0-9]+[-~]+([0-9]{2}|[0-9]{4})[-~]*')
        then regexp_replace(coded, '^[-~]*([0-9]+)[-~]+m([0-9]+)[-~]+([0-9]+)[-~]*$', '\3-\2-\1')
    when regexp_full_match(coded, '[-~]*m[0-9]+[-~]+[0-9]{1,2}[-~]+([0-9]{2}|[0-9]{4})[-~]*')
        then regexp_replace(coded, '^[-~]*m([0-9]+)[-~]+([0-9]+)[-~]+([0-9]+)[-~]*$', '\3-\1-\2')
    when regexp_full_match(coded, '[-~]*[0-9]{4}[-~]+m[0-9]+[-~]+[0-9]{1,2}[-~]*')
        then regexp_replace(coded, '^[-~]*([0-9]+)[-~]+m([0-9]+)[-~]+([0-9]+)[-~]*$', '\1-\2-\3')
end;

create or replace macro spelled_day(day) as list_transform(
    [
        array_to_string([
            coalesce(calendar_code(piece), piece) for piece in string_split(
                regexp_replace(
                    regexp_replace(strip_accents(day), '([0-9])([^0-9-])', '\1-\2', 'g'),
                    '([^0-9-])([0-9])', '\1-\2', 'g'
                ),
                '-'
            )
        ], '-')
    ],
    lambda coded: try_strptime(year_month_day(coded), ['%y-%m-%d', '%Y-%m-%d'])
)[1];

create or replace macro parse_day(day, date_order) as case
    when regexp_full_match(day, '[0-9]{8}')
        then try_strptime(day, '%Y%m%d')
    when not regexp_full_match(day, '[-0-9]*') then spelled_day(day)
    when date_order = 'ydm' and regexp_full_match(day, '[0-9]{4}-.*')
        then try_strptime(day, '%Y-%d-%m')
    when regexp_full_match(day, '(.*-)?[0-9]{4}(-.*)?') and date_order = 'mdy'
        then try_strptime(day, ['%m-%d-%Y', '%Y-%m-%d'])
    when regexp_full_match(day, '(.*-)?[0-9]{4}(-.*)?')
        then try_strptime(day, ['%Y-%m-%d', '%d-%m-%Y'])
    when date_order = 'mdy'
        then try_strptime(day, '%m-%d-%y')
    when date_order = 'ymd'
        then try_strptime(day, '%y-%m-%d')
    else try_strptime(day, '%d-%m-%y')
end;

-- The moment of a date text with a time and a zone on a day.
create or replace macro moment(text, day) as try_cast(
    strftime(day, '%Y-%m-%d') || ' '
    || strftime(
        try_strptime(
            upper(regexp_extract(
                text, '([0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp][Mm])?)[.0-9]* ?[A-Zz+-][^ ]*$', 1
            )),
            ['%I:%M:%S %p', '%I:%M %p', '%I:%M:%S%p', '%I:%M%p', '%H:%M:%S', '%H:%M']
        ),
        '%H:%M:%S'
    )
    || regexp_replace(
        regexp_replace(regexp_extract(text, '(Z|z|UTC|GMT|[-+][0-9:]+)$', 1), '[A-Zz]+', '+00'),
        '([0-9]{2}):?([0-9]{2})$', '\1:\2'
    )
    as timestamptz
);

-- Five digits are nothing but a day number of Excel, also beside dates.
create or replace macro parse_date_slow(text, date_order, zone) as cast(case
    when
        try_strptime(
            case
                when regexp_full_match(text, '[0-9]{1,2}[-/. ][A-Za-z]{3}[-/. ]([0-9]{2}|[0-9]{4})')
                    then translate(text, '/. ', '---')
            end,
            ['%d-%b-%y', '%d-%b-%Y']
        ) is not null
        then try_strptime(translate(text, '/. ', '---'), ['%d-%b-%y', '%d-%b-%Y'])
    when
        regexp_full_match(trim_spaces(text), '[0-9]{5}(\.[0-9]+)?')
        or (date_order = 'serial' and regexp_full_match(trim_spaces(text), '[0-9]{4,6}(\.[0-9]+)?'))
        then date '1899-12-30' + cast(floor(try_cast(trim_spaces(text) as double)) as integer)
    when
        regexp_full_match(
            trim_spaces(text),
            '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+ ?(Z|z|UTC|GMT|[-+][0-9]{2}:?([0-9]{2})?)'
        )
        then case
            when zone = 'as written' then try_cast(left(trim_spaces(text), 10) as date)
            -- DuckDB takes no blank before the zone, and Shopify writes one; nor a small z
            else timezone(
                zone,
                try_cast(regexp_replace(
                    regexp_replace(trim_spaces(text), ' ?(UTC|GMT|z)$', 'Z'),
                    ' (Z|[-+][0-9:]+)$',
                    '\1'
                ) as timestamptz)
            )
        end
    when
        date_order is distinct from 'ydm'
        and regexp_full_match(trim_spaces(text), '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+')
        then try_cast(trim_spaces(text) as timestamp)
    else list_transform(
        list_transform(
            [
                case
                    when
                        regexp_full_match(
                            text, '[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{2}|[0-9]{4})'
                        )
                        then translate(text, '/.', '--')
                    else day_parts(text)
                end
            ],
            lambda written: parse_day(written, date_order)
        ),
        lambda day: case
            when
                zone != 'as written'
                and regexp_matches(
                    trim_spaces(text),
                    '[0-9]:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[AaPp][Mm])? ?'
                    || '(Z|z|UTC|GMT|[-+][0-9]{2}:?([0-9]{2})?)$'
                )
                then coalesce(timezone(zone, moment(trim_spaces(text), day)), day)
            else day
        end
    )[1]
end as date);

-- A long number as Excel shows it: the digits behind those it shows are lost. A code such as 2e10
-- has neither a decimal nor a plus.
create or replace macro is_scientific(code) as regexp_full_match(
    code, '[0-9]{1,3}([.,][0-9]+ ?e ?\+?|e\+)[0-9]{1,3}'
);

-- A code that Excel took for a date: a day with its month by name, or a whole date.
create or replace macro is_spreadsheet_date(code) as (
    regexp_full_match(
        code,
        '([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](19|20)[0-9]{2})([t ][0:.]+)?'
    )
    or (
        regexp_full_match(
            code,
            '[0-9]{1,2}[-/. ]{1,2}[\p{L}\p{M}]+\.?([-/. ]{1,2}([0-9]{2}|[0-9]{4}))?'
            || '|[\p{L}\p{M}]+\.?[-/. ]{1,2}([0-9]{2}|[0-9]{4})'
        )
        and coalesce(
            calendar_code(strip_accents(regexp_extract(code, '[\p{L}\p{M}]+'))) like 'm%', false
        )
    )
);

create or replace macro bare_code(code) as case
    when regexp_full_match(code, '[=''"]*[0-9]+([.,]0{1,2})?["'']*')
        then ltrim(regexp_extract(code, '[0-9]+'), '0')
    else code
end;

create or replace macro only_letters(name) as regexp_replace(
    name, '[^\p{L}\p{M}\p{N}]+', '', 'g'
);

create or replace macro words_of(name) as regexp_extract_all(name, '[\p{L}\p{M}]{3,}');

-- DuckDB compares bytes, of which the letters of one script share most: each letter becomes one.
create or replace macro one_byte_letters(name) as array_to_string(
    list_transform(
        string_split(only_letters(name), ''), lambda letter: chr(33 + unicode(letter) % 90)
    ),
    ''
);

create or replace macro words_are_alike(word, known) as (
    starts_with(word, known)
    or starts_with(known, word)
    or jaro_winkler_similarity(one_byte_letters(word), one_byte_letters(known)) > 0.9
);

create or replace macro names_have_nothing_in_common(name, other) as (
    jaro_winkler_similarity(one_byte_letters(name), one_byte_letters(other)) < 0.8
    and len(list_filter(
        words_of(name),
        lambda word: len(list_filter(
            words_of(other), lambda known: words_are_alike(word, known)
        )) > 0
    )) = 0
);
