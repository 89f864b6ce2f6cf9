using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// A currency of ISO 4217. Codes come and go with states and reforms: an amount has to be in one that was money on its
/// day. Metals, funds of settlement and test codes are none here. From the last years the days are exact; of currencies
/// that the euro replaced the end is the last day of double circulation.
/// </summary>
[JsonConverter(typeof(TextIdJson<Currency>))]
public readonly record struct Currency : ITextId<Currency>
{
    public const int Characters = 3;

    private Currency(string text) => Text = text;

    public string Text { get; }

    /// <summary>Digits behind the decimal point of the smallest unit that is paid: 0, 2, 3 or 4.</summary>
    public int MinorUnits => Fewer.Contains(Text) ? 0 : Three.Contains(Text) ? 3 : Four.Contains(Text) ? 4 : 2;

    /// <summary>True when this was money on that day.</summary>
    public bool IsValidOn(DateOnly day) => Periods[Text] is var (from, to) && from <= day && day <= to;

    public static bool TryParse(string? text, out Currency id)
    {
        id = default;
        if (text is not { Length: Characters } || !Periods.ContainsKey(text))
        {
            return false;
        }
        id = new Currency(text);
        return true;
    }

    public override string ToString() => Text;

    private static readonly FrozenSet<string> Fewer =
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Three = "BHD IQD JOD KWD LYD OMR TND".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Four = "CLF UYW".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Code, perhaps <c>&gt;</c> and its first day, perhaps <c>&lt;</c> and its last.</summary>
    private static readonly FrozenDictionary<string, (DateOnly From, DateOnly To)> Periods = (
        "AED AFN ALL AMD ANG<2025-03-31 AOA ARS ATS<2002-02-28 AUD AWG AZN BAM BBD BDT BEF<2002-02-28 BGN<2026-01-31 BHD "
        + "BIF BMD BND BOB BOV BRL BSD BTN BWP BYN>2016-07-01 BYR<2016-12-31 BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU "
        + "CRC CUC<2021-06-30 CUP CVE CYP<2008-01-31 CZK DEM<2002-02-28 DJF DKK DOP DZD EEK<2011-01-14 EGP ERN "
        + "ESP<2002-02-28 ETB EUR>1999-01-01 FIM<2002-02-28 FJD FKP FRF<2002-02-17 GBP GEL GHC<2007-12-31 GHS>2007-07-01 "
        + "GIP GMD GNF GRD<2002-02-28 GTQ GYD HKD HNL HRK<2023-01-14 HTG HUF IDR IEP<2002-02-09 ILS INR IQD IRR ISK "
        + "ITL<2002-02-28 JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL<2015-01-15 LUF<2002-02-28 "
        + "LVL<2014-01-14 LYD MAD MDL MGA MKD MMK MNT MOP MRO<2018-12-31 MRU>2018-01-01 MTL<2008-01-31 MUR MVR MWK MXN MXV "
        + "MYR MZN NAD NGN NIO NLG<2002-01-28 NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PTE<2002-02-28 PYG QAR ROL<2006-12-31 "
        + "RON>2005-07-01 RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SIT<2007-01-14 SKK<2009-01-16 SLE>2022-07-01 "
        + "SLL<2024-03-31 SOS SRD SSP STD<2018-12-31 STN>2018-01-01 SVC SYP SZL THB TJS TMM<2009-12-31 TMT>2009-01-01 TND "
        + "TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED>2021-10-01 VEF<2018-12-31 VES>2018-08-20 VND VUV WST XAF "
        + "XCD XCG>2025-03-31 XOF XPF YER ZAR ZMK<2013-06-30 ZMW>2013-01-01 ZWG>2024-06-25 ZWL<2024-08-31")
        .Split(' ').ToFrozenDictionary(row => row[..Characters], row => (Day(row, '>', DateOnly.MinValue), Day(row, '<', DateOnly.MaxValue)), StringComparer.Ordinal);

    private static DateOnly Day(string row, char mark, DateOnly otherwise) =>
        row.IndexOf(mark, StringComparison.Ordinal) is var at and > 0
            ? DateOnly.ParseExact(row.AsSpan(at + 1, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture)
            : otherwise;
}
