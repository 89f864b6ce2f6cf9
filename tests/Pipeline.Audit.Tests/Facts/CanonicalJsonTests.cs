using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Tests.Facts;

/// <summary>RFC 8785, the part of it that facts use.</summary>
public sealed class CanonicalJsonTests
{
    private static string Canonical(string json) => Encoding.UTF8.GetString(CanonicalJson.Encode(JsonNode.Parse(json)));

    [Theory]
    [InlineData("""{ "b": 1, "a": "x" }""", """{"a":"x","b":1}""")]
    [InlineData("""{"a":null,"b":[]}""", """{"b":[]}""")]
    [InlineData("""{"é":1,"z":2,"Z":3}""", """{"Z":3,"z":2,"é":1}""")]
    [InlineData(""" "€\u000f\u000aA'\u0042\u0022\u005c\\\"\/" """, "\"€\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")]
    [InlineData("[-1,0,9007199254740992]", "[-1,0,9007199254740992]")]
    public void Members_are_sorted_and_only_what_must_be_is_escaped(string json, string canonical) =>
        Assert.Equal(canonical, Canonical(json));

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("9007199254740993")]
    public void A_number_that_two_readers_could_read_differently_is_refused(string json) =>
        Assert.Throws<InvariantBrokenException>(() => Canonical(json));

    [Theory]
    [InlineData("true")]
    [InlineData("[null]")]
    public void What_has_no_canonical_form_is_refused(string json) =>
        Assert.Throws<InvalidOperationException>(() => Canonical(json));

    [Property]
    public Property Canonical_bytes_of_canonical_bytes_are_the_same(NonNull<string> name, NonNull<string> value, int number)
    {
        // A lone surrogate is no text in any encoding; the edge refuses it before it comes here.
        static string Text(string s) => string.Concat(s.Where(c => !char.IsSurrogate(c)));
        var node = new JsonObject { [Text(name.Get)] = Text(value.Get), ["n" + Text(name.Get)] = number };
        var once = CanonicalJson.Encode(node);
        return once.AsSpan().SequenceEqual(CanonicalJson.Encode(JsonNode.Parse(once))).ToProperty();
    }
}
