using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Audit.Log;

/// <summary>A register of 32-bit lanes, one message a lane: just the operations that SHA-256 is made of.</summary>
internal interface IShaLanes<T>
    where T : unmanaged, IShaLanes<T>
{
    static abstract int Count { get; }

    static abstract T Broadcast(uint value);

    static abstract T Load(ReadOnlySpan<uint> words);

    void Store(Span<uint> words);

    static abstract T operator +(T left, T right);

    static abstract T operator ^(T left, T right);

    static abstract T operator &(T left, T right);

    static abstract T RotateRight(T value, [ConstantExpected] byte bits);

    static abstract T ShiftRight(T value, [ConstantExpected] byte bits);
}

/// <summary>8 lanes: AVX2.</summary>
internal readonly struct EightLanes(Vector256<uint> value) : IShaLanes<EightLanes>
{
    private readonly Vector256<uint> _value = value;

    public static int Count => Vector256<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Broadcast(uint value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Load(ReadOnlySpan<uint> words) => new(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(words)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<uint> words) => _value.StoreUnsafe(ref MemoryMarshal.GetReference(words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator +(EightLanes left, EightLanes right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator ^(EightLanes left, EightLanes right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator &(EightLanes left, EightLanes right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes RotateRight(EightLanes value, [ConstantExpected] byte bits) =>
        new((value._value >>> bits) | (value._value << (32 - bits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes ShiftRight(EightLanes value, [ConstantExpected] byte bits) => new(value._value >>> bits);
}

/// <summary>16 lanes: AVX-512. Works on any machine, but is fast only where the registers exist.</summary>
internal readonly struct SixteenLanes(Vector512<uint> value) : IShaLanes<SixteenLanes>
{
    private readonly Vector512<uint> _value = value;

    public static int Count => Vector512<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Broadcast(uint value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Load(ReadOnlySpan<uint> words) => new(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(words)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<uint> words) => _value.StoreUnsafe(ref MemoryMarshal.GetReference(words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator +(SixteenLanes left, SixteenLanes right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator ^(SixteenLanes left, SixteenLanes right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator &(SixteenLanes left, SixteenLanes right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes RotateRight(SixteenLanes value, [ConstantExpected] byte bits) => new(
        Avx512F.IsSupported
            ? Avx512F.RotateRight(value._value, bits)
            : (value._value >>> bits) | (value._value << (32 - bits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes ShiftRight(SixteenLanes value, [ConstantExpected] byte bits) => new(value._value >>> bits);
}
