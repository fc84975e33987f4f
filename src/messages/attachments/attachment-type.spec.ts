import { sniffType, TypeSniffer } from './attachment-type';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const PNG = bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR');
const ZIP = bytes('PK\x03\x04\x14\0');

describe('sniffType', () => {
  it.each([
    ['photo.png', PNG, 'image/png'],
    ['photo.txt', PNG, 'image/png'],
    ['photo.jpg', bytes('\xff\xd8\xff\xe0\0\x10JFIF'), 'image/jpeg'],
    ['a.gif', bytes('GIF89a\x01\0'), 'image/gif'],
    ['a.webp', bytes('RIFF\x24\0\0\0WEBPVP8 '), 'image/webp'],
    ['a.pdf', bytes('%PDF-1.7\n\x80'), 'application/pdf'],
    ['a.zip', ZIP, 'application/zip'],
    ['a.docx', ZIP, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a.mp4', bytes('\0\0\0\x18ftypisom\0'), 'video/mp4'],
    ['a.mp3', bytes('ID3\x04\0'), 'audio/mpeg'],
    ['a.mp3', bytes('\xff\xfb\x90\0'), 'audio/mpeg'],
    ['a.ogg', bytes('OggS\0\x02'), 'audio/ogg'],
    ['a.amr', bytes('#!AMR\n\x3c'), 'audio/amr'],
    ['a.txt', Buffer.from('Grüße, 😀\r\n'), 'text/plain'],
    ['a.csv', Buffer.from('\uFEFFname,phone\n'), 'text/csv'],
    ['noext', Buffer.from('1 < 2'), 'text/plain'],
    ['a.ics', Buffer.from('BEGIN:VCALENDAR'), 'text/calendar'],
  ])('calls %s with its bytes %#', (name, content, contentType) => {
    expect(sniffType(content, name)).toEqual({ contentType });
  });

  it.each([
    ['empty.txt', Buffer.alloc(0)],
    ['page.txt', Buffer.from('<!DOCTYPE html><p>')],
    ['page.txt', Buffer.from('\uFEFF \n<script>alert(1)</script>')],
    ['picture.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['picture.txt', Buffer.from('<?xml version="1.0"?><svg/>')],
    ['page.html', Buffer.from('harmless')],
    ['picture.SVG', PNG],
    ['setup.exe', PNG],
    ['tool.jar', ZIP],
    ['macros.xlsm', ZIP],
    ['setup', bytes('MZ\x90\0\x03\0\0\0')],
    ['tool', bytes('\x7fELF\x02\x01\x01\0')],
    ['tool', bytes('\xcf\xfa\xed\xfe\x07\0\0\x01')],
    ['module', bytes('\0asm\x01\0\0\0')],
    ['script', Buffer.from('#!/bin/sh\nrm -rf /\n')],
    ['wide.txt', Buffer.from('text', 'utf16le')],
    ['latin.txt', bytes('Gr\xfc\xdfe')],
  ])('refuses %s with its bytes %#', (name, content) => {
    expect(sniffType(content, name)).toEqual({ fault: expect.stringMatching(/^must /) });
  });
});

describe('TypeSniffer', () => {
  const piecewise = (content: Buffer, name: string) => {
    const sniffer = new TypeSniffer(name);
    for (const byte of content) sniffer.write(Buffer.from([byte]));
    return sniffer.end();
  };

  it.each([
    ['photo.png', PNG],
    ['a.webp', bytes('RIFF\x24\0\0\0WEBPVP8 ')],
    ['a.txt', Buffer.from('Grüße, 😀\r\n')],
    ['a.txt', Buffer.from('half a character').fill(0xf0, 15)],
    ['page.txt', Buffer.from('\uFEFF \n<script>alert(1)</script>')],
    ['page.txt', Buffer.from(`${' '.repeat(5_000)}<html>`)],
    ['script', Buffer.from('#!/bin/sh')],
    ['a.bin', bytes('text and then\x00')],
    ['empty.txt', Buffer.alloc(0)],
  ])('says the same of %s byte by byte %#', (name, content) => {
    expect(piecewise(content, name)).toEqual(sniffType(content, name));
  });
});
